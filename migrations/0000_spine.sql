CREATE TABLE "bars" (
	"instrument" text NOT NULL,
	"timeframe" text NOT NULL,
	"open_time" bigint NOT NULL,
	"open" numeric(38,18) NOT NULL,
	"high" numeric(38,18) NOT NULL,
	"low" numeric(38,18) NOT NULL,
	"close" numeric(38,18) NOT NULL,
	"volume" numeric(38,18) NOT NULL,
	"trade_count" integer NOT NULL,
	"source" text NOT NULL,
	CONSTRAINT "bars_instrument_timeframe_open_time_pk" PRIMARY KEY("instrument","timeframe","open_time")
);
--> statement-breakpoint
CREATE TABLE "instruments" (
	"id" text PRIMARY KEY NOT NULL,
	"base_currency" text NOT NULL,
	"quote_currency" text NOT NULL,
	"tick_size" numeric(38,18) NOT NULL,
	"lot_size" numeric(38,18) NOT NULL,
	"min_quantity" numeric(38,18) NOT NULL,
	"max_quantity" numeric(38,18) NOT NULL,
	"min_notional" numeric(38,18) NOT NULL,
	"multiplier" numeric(38,18) NOT NULL,
	"updated_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "audit" (
	"account" text NOT NULL,
	"seq" integer NOT NULL,
	"at" bigint NOT NULL,
	"kind" text NOT NULL,
	"call_id" uuid,
	"trade_id" uuid,
	"data" jsonb NOT NULL,
	"previous_hash" text NOT NULL,
	"hash" text NOT NULL,
	"epoch" bigint NOT NULL,
	CONSTRAINT "audit_account_seq_pk" PRIMARY KEY("account","seq")
);
--> statement-breakpoint
CREATE TABLE "brake_states" (
	"id" uuid PRIMARY KEY NOT NULL,
	"account" text NOT NULL,
	"engaged" boolean NOT NULL,
	"reason" text NOT NULL,
	"at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "command_refusals" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"producer" text NOT NULL,
	"entry_id" text NOT NULL,
	"command_id" text,
	"code" text NOT NULL,
	"detail" text NOT NULL,
	"refused_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "commands" (
	"id" uuid PRIMARY KEY NOT NULL,
	"producer" text NOT NULL,
	"nonce" text NOT NULL,
	"type" text NOT NULL,
	"actor" text NOT NULL,
	"trade_id" uuid NOT NULL,
	"body" jsonb NOT NULL,
	"issued_at" bigint NOT NULL,
	"expires_at" bigint NOT NULL,
	"received_at" bigint NOT NULL,
	CONSTRAINT "commands_nonce" UNIQUE("producer","nonce")
);
--> statement-breakpoint
CREATE TABLE "fills" (
	"venue" text NOT NULL,
	"account" text NOT NULL,
	"execution_id" text NOT NULL,
	"client_order_id" text NOT NULL,
	"venue_order_id" text NOT NULL,
	"trade_id" uuid NOT NULL,
	"instrument" text NOT NULL,
	"side" text NOT NULL,
	"price" numeric(38,18) NOT NULL,
	"quantity" numeric(38,18) NOT NULL,
	"fee" numeric(38,18) NOT NULL,
	"fee_currency" text NOT NULL,
	"liquidity" text NOT NULL,
	"channel" text NOT NULL,
	"event_time" bigint NOT NULL,
	"booked_at" bigint NOT NULL,
	CONSTRAINT "fills_venue_account_execution_id_pk" PRIMARY KEY("venue","account","execution_id")
);
--> statement-breakpoint
CREATE TABLE "gateway_fences" (
	"account" text PRIMARY KEY NOT NULL,
	"epoch" bigint NOT NULL,
	"holder" text NOT NULL,
	"taken_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "incidents" (
	"id" uuid PRIMARY KEY NOT NULL,
	"account" text NOT NULL,
	"kind" text NOT NULL,
	"instrument" text NOT NULL,
	"trade_id" uuid,
	"detail" text NOT NULL,
	"evidence" jsonb NOT NULL,
	"opened_at" bigint NOT NULL,
	"resolved_at" bigint,
	"resolution" text
);
--> statement-breakpoint
CREATE TABLE "orders" (
	"client_order_id" text PRIMARY KEY NOT NULL,
	"trade_id" uuid NOT NULL,
	"role" text NOT NULL,
	"instrument" text NOT NULL,
	"side" text NOT NULL,
	"type" text NOT NULL,
	"quantity" numeric(38,18) NOT NULL,
	"price" numeric(38,18),
	"reduce_only" boolean NOT NULL,
	"status" text NOT NULL,
	"venue_order_id" text,
	"filled_quantity_cum" numeric(38,18) NOT NULL,
	"reason" text NOT NULL,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "outbox" (
	"id" uuid PRIMARY KEY NOT NULL,
	"trade_id" uuid NOT NULL,
	"effect" jsonb NOT NULL,
	"created_at" bigint NOT NULL,
	"done_at" bigint,
	"epoch" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "portfolio_snapshots" (
	"account" text NOT NULL,
	"at" bigint NOT NULL,
	"currency" text NOT NULL,
	"equity" numeric(38,18) NOT NULL,
	"available" numeric(38,18) NOT NULL,
	CONSTRAINT "portfolio_snapshots_account_at_pk" PRIMARY KEY("account","at")
);
--> statement-breakpoint
CREATE TABLE "positions" (
	"account" text NOT NULL,
	"instrument" text NOT NULL,
	"quantity" numeric(38,18) NOT NULL,
	"cost" numeric(38,18) NOT NULL,
	"currency" text NOT NULL,
	"realised_cum" numeric(38,18) NOT NULL,
	"fees_cum" numeric(38,18) NOT NULL,
	"updated_at" bigint NOT NULL,
	CONSTRAINT "positions_account_instrument_pk" PRIMARY KEY("account","instrument")
);
--> statement-breakpoint
CREATE TABLE "trade_events" (
	"seq" bigserial PRIMARY KEY NOT NULL,
	"trade_id" uuid NOT NULL,
	"type" text NOT NULL,
	"data" jsonb NOT NULL,
	"at" bigint NOT NULL,
	"epoch" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "trades" (
	"id" uuid PRIMARY KEY NOT NULL,
	"account" text NOT NULL,
	"instrument" text NOT NULL,
	"direction" text NOT NULL,
	"status" text NOT NULL,
	"origin" text NOT NULL,
	"signal_id" uuid,
	"plan" jsonb NOT NULL,
	"state" jsonb NOT NULL,
	"quantity" numeric(38,18) NOT NULL,
	"entry_price" numeric(38,18),
	"realised_cum" numeric(38,18) NOT NULL,
	"fees_cum" numeric(38,18) NOT NULL,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL,
	"ended_at" bigint,
	"end_reason" text,
	"epoch" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "blocked_signals" (
	"signal_id" uuid PRIMARY KEY NOT NULL,
	"gate" text NOT NULL,
	"input" text NOT NULL,
	"threshold" text NOT NULL,
	"settings_id" uuid,
	"blocked_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "signals" (
	"id" uuid PRIMARY KEY NOT NULL,
	"strategy" text NOT NULL,
	"instrument" text NOT NULL,
	"direction" text NOT NULL,
	"bar_open_time" bigint NOT NULL,
	"decided_at" bigint NOT NULL,
	"level" jsonb NOT NULL,
	"inputs" jsonb NOT NULL,
	"trade_id" uuid,
	"command_id" uuid,
	CONSTRAINT "signals_bar" UNIQUE("strategy","instrument","bar_open_time")
);
--> statement-breakpoint
CREATE TABLE "configuration_commands" (
	"id" uuid PRIMARY KEY NOT NULL,
	"producer" text NOT NULL,
	"entry_id" text NOT NULL,
	"nonce" text NOT NULL,
	"type" text NOT NULL,
	"actor" text NOT NULL,
	"body" jsonb NOT NULL,
	"received_at" bigint NOT NULL,
	CONSTRAINT "configuration_commands_nonce" UNIQUE("producer","nonce")
);
--> statement-breakpoint
CREATE TABLE "configuration_refusals" (
	"id" uuid PRIMARY KEY NOT NULL,
	"producer" text NOT NULL,
	"entry_id" text NOT NULL,
	"code" text NOT NULL,
	"detail" text NOT NULL,
	"refused_at" bigint NOT NULL,
	CONSTRAINT "configuration_refusals_entry" UNIQUE("producer","entry_id")
);
--> statement-breakpoint
CREATE TABLE "operator_passwords" (
	"id" uuid PRIMARY KEY NOT NULL,
	"password_hash" text NOT NULL,
	"effective_from" bigint NOT NULL,
	"actor" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "strategy_switches" (
	"id" uuid PRIMARY KEY NOT NULL,
	"strategy" text NOT NULL,
	"buy" boolean NOT NULL,
	"effective_from" bigint NOT NULL,
	"actor" text NOT NULL,
	"reason" text NOT NULL
);
--> statement-breakpoint
ALTER TABLE "fills" ADD CONSTRAINT "fills_trade_id_trades_id_fk" FOREIGN KEY ("trade_id") REFERENCES "public"."trades"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "orders" ADD CONSTRAINT "orders_trade_id_trades_id_fk" FOREIGN KEY ("trade_id") REFERENCES "public"."trades"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "outbox" ADD CONSTRAINT "outbox_trade_id_trades_id_fk" FOREIGN KEY ("trade_id") REFERENCES "public"."trades"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "trade_events" ADD CONSTRAINT "trade_events_trade_id_trades_id_fk" FOREIGN KEY ("trade_id") REFERENCES "public"."trades"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "blocked_signals" ADD CONSTRAINT "blocked_signals_signal_id_signals_id_fk" FOREIGN KEY ("signal_id") REFERENCES "public"."signals"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "audit_trade" ON "audit" USING btree ("trade_id");--> statement-breakpoint
CREATE INDEX "commands_trade" ON "commands" USING btree ("trade_id");--> statement-breakpoint
CREATE INDEX "fills_trade" ON "fills" USING btree ("trade_id");--> statement-breakpoint
CREATE INDEX "fills_instrument" ON "fills" USING btree ("account","instrument");--> statement-breakpoint
CREATE INDEX "incidents_open" ON "incidents" USING btree ("account","resolved_at");--> statement-breakpoint
CREATE INDEX "orders_trade" ON "orders" USING btree ("trade_id");--> statement-breakpoint
CREATE INDEX "outbox_open" ON "outbox" USING btree ("done_at");--> statement-breakpoint
CREATE INDEX "trade_events_trade" ON "trade_events" USING btree ("trade_id","seq");--> statement-breakpoint
CREATE INDEX "trades_not_ended" ON "trades" USING btree ("account") WHERE "trades"."ended_at" IS NULL;--> statement-breakpoint
CREATE INDEX "trades_created" ON "trades" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "blocked_signals_at" ON "blocked_signals" USING btree ("blocked_at");--> statement-breakpoint
CREATE INDEX "signals_decided" ON "signals" USING btree ("decided_at");--> statement-breakpoint
CREATE INDEX "strategy_switches_in_force" ON "strategy_switches" USING btree ("strategy","effective_from");
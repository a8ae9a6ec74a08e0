CREATE TABLE "backtest_blocked_signals" (
	"run_id" uuid NOT NULL,
	"number" integer NOT NULL,
	"instrument" text NOT NULL,
	"direction" text NOT NULL,
	"decided_at" bigint NOT NULL,
	"level" jsonb NOT NULL,
	"gate" text NOT NULL,
	"input" text NOT NULL,
	"threshold" text NOT NULL,
	"counterfactual" jsonb,
	CONSTRAINT "backtest_blocked_signals_run_id_number_pk" PRIMARY KEY("run_id","number")
);
--> statement-breakpoint
CREATE TABLE "backtest_comparisons" (
	"id" uuid PRIMARY KEY NOT NULL,
	"run_ids" uuid[] NOT NULL,
	"result" jsonb NOT NULL,
	"actor" text NOT NULL,
	"made_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "backtest_equity_curve" (
	"run_id" uuid NOT NULL,
	"at" bigint NOT NULL,
	"equity" double precision NOT NULL,
	CONSTRAINT "backtest_equity_curve_run_id_at_pk" PRIMARY KEY("run_id","at")
);
--> statement-breakpoint
CREATE TABLE "backtest_runs" (
	"id" uuid PRIMARY KEY NOT NULL,
	"strategy" text NOT NULL,
	"request" jsonb NOT NULL,
	"seed" integer NOT NULL,
	"data_hash" text,
	"state" text NOT NULL,
	"done" integer NOT NULL,
	"total" integer NOT NULL,
	"error" jsonb,
	"actor" text NOT NULL,
	"asked_at" bigint NOT NULL,
	"started_at" bigint,
	"updated_at" bigint NOT NULL,
	"ended_at" bigint,
	"result" jsonb,
	CONSTRAINT "backtest_runs_state" CHECK ("backtest_runs"."state" IN ('queued', 'running', 'done', 'failed', 'cancelled'))
);
--> statement-breakpoint
CREATE TABLE "backtest_sweep_rows" (
	"sweep_id" uuid NOT NULL,
	"combination" integer NOT NULL,
	"parameters" jsonb NOT NULL,
	"outcome" jsonb NOT NULL,
	"returns" double precision[],
	CONSTRAINT "backtest_sweep_rows_sweep_id_combination_pk" PRIMARY KEY("sweep_id","combination")
);
--> statement-breakpoint
CREATE TABLE "backtest_sweeps" (
	"id" uuid PRIMARY KEY NOT NULL,
	"strategy" text NOT NULL,
	"request" jsonb NOT NULL,
	"seed" integer NOT NULL,
	"data_hash" text,
	"state" text NOT NULL,
	"done" integer NOT NULL,
	"total" integer NOT NULL,
	"error" jsonb,
	"actor" text NOT NULL,
	"asked_at" bigint NOT NULL,
	"started_at" bigint,
	"updated_at" bigint NOT NULL,
	"ended_at" bigint,
	"judgement" jsonb,
	CONSTRAINT "backtest_sweeps_state" CHECK ("backtest_sweeps"."state" IN ('queued', 'running', 'done', 'failed', 'cancelled'))
);
--> statement-breakpoint
CREATE TABLE "backtest_trades" (
	"run_id" uuid NOT NULL,
	"number" integer NOT NULL,
	"instrument" text NOT NULL,
	"direction" text NOT NULL,
	"decided_at" bigint NOT NULL,
	"entered_at" bigint,
	"left_at" bigint,
	"quantity" double precision NOT NULL,
	"entry_price" double precision NOT NULL,
	"exit_price" double precision NOT NULL,
	"stop" double precision NOT NULL,
	"realised" double precision NOT NULL,
	"fees" double precision NOT NULL,
	"funding" double precision NOT NULL,
	"exit" text NOT NULL,
	"reason" text NOT NULL,
	CONSTRAINT "backtest_trades_run_id_number_pk" PRIMARY KEY("run_id","number")
);
--> statement-breakpoint
CREATE TABLE "signal_counterfactuals" (
	"signal_id" uuid PRIMARY KEY NOT NULL,
	"earned" numeric(38,18),
	"currency" text NOT NULL,
	"exit" text NOT NULL,
	"left_at" bigint,
	"data_hash" text NOT NULL,
	"computed_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "strategy_scores" (
	"strategy" text NOT NULL,
	"instrument" text NOT NULL,
	"timeframe" text NOT NULL,
	"bar_open_time" bigint NOT NULL,
	"score" double precision,
	"rank" integer,
	"parts" jsonb NOT NULL,
	"scored_at" bigint NOT NULL,
	CONSTRAINT "strategy_scores_strategy_instrument_pk" PRIMARY KEY("strategy","instrument")
);
--> statement-breakpoint
ALTER TABLE "backtest_blocked_signals" ADD CONSTRAINT "backtest_blocked_signals_run_id_backtest_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."backtest_runs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "backtest_equity_curve" ADD CONSTRAINT "backtest_equity_curve_run_id_backtest_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."backtest_runs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "backtest_sweep_rows" ADD CONSTRAINT "backtest_sweep_rows_sweep_id_backtest_sweeps_id_fk" FOREIGN KEY ("sweep_id") REFERENCES "public"."backtest_sweeps"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "backtest_trades" ADD CONSTRAINT "backtest_trades_run_id_backtest_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."backtest_runs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "signal_counterfactuals" ADD CONSTRAINT "signal_counterfactuals_signal_id_signals_id_fk" FOREIGN KEY ("signal_id") REFERENCES "public"."signals"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "backtest_comparisons_newest" ON "backtest_comparisons" USING btree ("made_at");--> statement-breakpoint
CREATE INDEX "backtest_runs_newest" ON "backtest_runs" USING btree ("asked_at");--> statement-breakpoint
CREATE INDEX "backtest_sweeps_newest" ON "backtest_sweeps" USING btree ("asked_at");--> statement-breakpoint
CREATE INDEX "backtest_sweeps_strategy" ON "backtest_sweeps" USING btree ("strategy","asked_at");--> statement-breakpoint
CREATE INDEX "strategy_scores_rank" ON "strategy_scores" USING btree ("strategy","rank");
CREATE TABLE "regime_history" (
	"instrument" text NOT NULL,
	"at" bigint NOT NULL,
	"known_at" bigint NOT NULL,
	"regime" integer NOT NULL,
	"inputs" jsonb NOT NULL,
	"version" integer NOT NULL,
	"seq" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "regime_history_seq_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	CONSTRAINT "regime_history_version" UNIQUE("instrument","at","version"),
	CONSTRAINT "regime_history_range" CHECK ("regime_history"."regime" BETWEEN -2 AND 2),
	CONSTRAINT "regime_history_after" CHECK ("regime_history"."known_at" >= "regime_history"."at")
);
--> statement-breakpoint
CREATE TABLE "strategy_configurations" (
	"id" uuid PRIMARY KEY NOT NULL,
	"seq" bigint GENERATED ALWAYS AS IDENTITY (sequence name "strategy_configurations_seq_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"effective_from" bigint NOT NULL,
	"set_at" bigint NOT NULL,
	"actor" text NOT NULL,
	"reason" text NOT NULL,
	"strategy" text NOT NULL,
	"parameters" jsonb NOT NULL,
	CONSTRAINT "strategy_configurations_forward" CHECK ("strategy_configurations"."effective_from" >= "strategy_configurations"."set_at")
);
--> statement-breakpoint
CREATE TABLE "system_settings" (
	"id" uuid PRIMARY KEY NOT NULL,
	"seq" bigint GENERATED ALWAYS AS IDENTITY (sequence name "system_settings_seq_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"effective_from" bigint NOT NULL,
	"set_at" bigint NOT NULL,
	"actor" text NOT NULL,
	"reason" text NOT NULL,
	"key" text NOT NULL,
	"value" jsonb NOT NULL,
	CONSTRAINT "system_settings_forward" CHECK ("system_settings"."effective_from" >= "system_settings"."set_at")
);
--> statement-breakpoint
ALTER TABLE "strategy_switches" ADD COLUMN "seq" bigint NOT NULL GENERATED ALWAYS AS IDENTITY (sequence name "strategy_switches_seq_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1);--> statement-breakpoint
-- Until now there was one switch: buy.
ALTER TABLE "strategy_switches" ADD COLUMN "switch" text DEFAULT 'buy' NOT NULL;--> statement-breakpoint
ALTER TABLE "strategy_switches" ALTER COLUMN "switch" DROP DEFAULT;--> statement-breakpoint
ALTER TABLE "strategy_switches" RENAME COLUMN "buy" TO "is_on";--> statement-breakpoint
ALTER TABLE "strategy_switches" ADD COLUMN "override" boolean DEFAULT false NOT NULL;--> statement-breakpoint
-- There was no soak: who switched it on then gave a reason and had nothing to wait for.
UPDATE "strategy_switches" SET "override" = true WHERE "is_on";--> statement-breakpoint
CREATE INDEX "regime_history_known" ON "regime_history" USING btree ("instrument","known_at");--> statement-breakpoint
CREATE INDEX "strategy_configurations_in_force" ON "strategy_configurations" USING btree ("strategy","effective_from","seq");--> statement-breakpoint
CREATE INDEX "system_settings_in_force" ON "system_settings" USING btree ("key","effective_from","seq");--> statement-breakpoint
ALTER TABLE "strategy_switches" ADD CONSTRAINT "strategy_switches_known" CHECK ("strategy_switches"."switch" IN ('watchlist', 'buy', 'sell'));
--> statement-breakpoint
-- No role may change a row of these; nor may the owner of the database, by mistake.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
  RAISE EXCEPTION 'APPEND_ONLY: a row of % is never changed and never removed', TG_TABLE_NAME
    USING ERRCODE = 'BA001';
END $$;
--> statement-breakpoint
CREATE TRIGGER strategy_switches_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON "strategy_switches" FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER strategy_configurations_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON "strategy_configurations" FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER system_settings_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON "system_settings" FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER regime_history_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON "regime_history" FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

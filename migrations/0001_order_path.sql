ALTER TABLE "fills" ADD COLUMN "revision" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "fills" DROP CONSTRAINT "fills_venue_account_execution_id_pk";--> statement-breakpoint
ALTER TABLE "fills" ADD CONSTRAINT "fills_venue_account_execution_id_revision_pk" PRIMARY KEY("venue","account","execution_id","revision");--> statement-breakpoint
ALTER TABLE "orders" ADD COLUMN "trigger_price" numeric(38,18);
--> statement-breakpoint
ALTER TABLE "commands" ALTER COLUMN "trade_id" DROP NOT NULL;
--> statement-breakpoint
ALTER TABLE "instruments" ADD COLUMN "sector" text;--> statement-breakpoint
ALTER TABLE "instruments" ADD COLUMN "session" text DEFAULT 'us-equity' NOT NULL;--> statement-breakpoint
CREATE INDEX "trades_ended" ON "trades" USING btree ("account","ended_at");
--> statement-breakpoint
ALTER TABLE "brake_states" ADD COLUMN "seq" bigserial NOT NULL;
--> statement-breakpoint
ALTER TABLE "brake_states" ADD COLUMN "state" text;
--> statement-breakpoint
ALTER TABLE "brake_states" ADD COLUMN "actor" text;
--> statement-breakpoint
ALTER TABLE "brake_states" ADD COLUMN "engaged_at" bigint;
--> statement-breakpoint
ALTER TABLE "brake_states" ADD COLUMN "verified_flat_at" bigint;
--> statement-breakpoint
ALTER TABLE "brake_states" ADD COLUMN "cooling_until" bigint;
--> statement-breakpoint
ALTER TABLE "brake_states" ADD COLUMN "peak" numeric(38,18);
--> statement-breakpoint
ALTER TABLE "brake_states" ADD COLUMN "currency" text;
--> statement-breakpoint
ALTER TABLE "brake_states" ADD COLUMN "drawdown" numeric(38,18);
--> statement-breakpoint
ALTER TABLE "brake_states" ADD COLUMN "progress" jsonb;
--> statement-breakpoint
UPDATE "brake_states" SET "actor" = 'ballast', "progress" = '[]',
  "state" = CASE WHEN "engaged" THEN 'engaging' ELSE 'released' END,
  "engaged_at" = CASE WHEN "engaged" THEN "at" END;
--> statement-breakpoint
ALTER TABLE "brake_states" ALTER COLUMN "state" SET NOT NULL;
--> statement-breakpoint
ALTER TABLE "brake_states" ALTER COLUMN "actor" SET NOT NULL;
--> statement-breakpoint
ALTER TABLE "brake_states" ALTER COLUMN "progress" SET NOT NULL;
--> statement-breakpoint
ALTER TABLE "brake_states" DROP COLUMN "engaged";
--> statement-breakpoint
CREATE INDEX "brake_states_newest" ON "brake_states" USING btree ("account","seq");
--> statement-breakpoint
CREATE FUNCTION brake_latch() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  held brake_states%ROWTYPE;
BEGIN
  IF NEW.state <> 'released' THEN
    RETURN NEW;
  END IF;
  SELECT * INTO held FROM brake_states WHERE account = NEW.account ORDER BY seq DESC LIMIT 1;
  IF NOT FOUND OR held.state = 'released' THEN
    RETURN NEW;
  END IF;
  -- The date is the writer's word, the clock is not.
  IF held.state = 'engaged' AND NEW.at >= held.cooling_until
    AND extract(epoch FROM clock_timestamp()) * 1000 >= held.cooling_until THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'the brake of % is % and cannot be released yet', NEW.account, held.state
    USING ERRCODE = 'check_violation';
END $$;
--> statement-breakpoint
CREATE TRIGGER brake_latch BEFORE INSERT ON "brake_states"
  FOR EACH ROW EXECUTE FUNCTION brake_latch();
--> statement-breakpoint
ALTER TABLE "gateway_fences" ADD COLUMN "commits" bigint DEFAULT 0 NOT NULL;
--> statement-breakpoint
ALTER TABLE "positions" ALTER COLUMN "fees_cum" SET DATA TYPE jsonb
  USING jsonb_build_object("currency", trim_scale("fees_cum")::text);
--> statement-breakpoint
ALTER TABLE "incidents" ALTER COLUMN "instrument" DROP NOT NULL;
--> statement-breakpoint
ALTER TABLE "incidents" ADD COLUMN "thawed_at" bigint;
--> statement-breakpoint
ALTER TABLE "incidents" ADD COLUMN "thawed_by" text;
--> statement-breakpoint
CREATE TABLE "pages" (
	"id" uuid PRIMARY KEY NOT NULL,
	"account" text NOT NULL,
	"incident_id" uuid NOT NULL,
	"at" bigint NOT NULL,
	"sent_at" bigint,
	"attempts" integer DEFAULT 0 NOT NULL,
	"error" text
);
--> statement-breakpoint
CREATE TABLE "venue_oddities" (
	"account" text NOT NULL,
	"venue" text NOT NULL,
	"code" text NOT NULL,
	"detail" text NOT NULL,
	"raw" text,
	"count" bigint NOT NULL,
	"first_at" bigint NOT NULL,
	"at" bigint NOT NULL,
	CONSTRAINT "venue_oddities_account_venue_code_detail_pk" PRIMARY KEY("account","venue","code","detail")
);
--> statement-breakpoint
ALTER TABLE "pages" ADD CONSTRAINT "pages_incident_id_incidents_id_fk" FOREIGN KEY ("incident_id") REFERENCES "public"."incidents"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
CREATE INDEX "pages_unsent" ON "pages" USING btree ("account","at") WHERE "pages"."sent_at" IS NULL;
--> statement-breakpoint
CREATE INDEX "venue_oddities_newest" ON "venue_oddities" USING btree ("account","at");
--> statement-breakpoint
CREATE TABLE "ibkr_order_ids" (
	"account" text NOT NULL,
	"client_id" integer NOT NULL,
	"order_id" integer NOT NULL,
	"client_order_id" text NOT NULL,
	"reserved_at" bigint NOT NULL,
	CONSTRAINT "ibkr_order_ids_account_client_id_order_id_pk" PRIMARY KEY("account","client_id","order_id"),
	CONSTRAINT "ibkr_order_ids_client_order" UNIQUE("client_order_id")
);
--> statement-breakpoint
CREATE INDEX "fills_execution" ON "fills" USING btree ("account","execution_id");

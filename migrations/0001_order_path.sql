ALTER TABLE "fills" ADD COLUMN "revision" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "fills" DROP CONSTRAINT "fills_venue_account_execution_id_pk";--> statement-breakpoint
ALTER TABLE "fills" ADD CONSTRAINT "fills_venue_account_execution_id_revision_pk" PRIMARY KEY("venue","account","execution_id","revision");--> statement-breakpoint
ALTER TABLE "orders" ADD COLUMN "trigger_price" numeric(38,18);
--> statement-breakpoint
ALTER TABLE "commands" ALTER COLUMN "trade_id" DROP NOT NULL;

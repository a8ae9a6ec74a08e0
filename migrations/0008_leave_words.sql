ALTER TABLE "signals" DROP CONSTRAINT "signals_bar";--> statement-breakpoint
ALTER TABLE "signals" ADD COLUMN "word" text DEFAULT 'enter' NOT NULL;--> statement-breakpoint
ALTER TABLE "signals" ADD COLUMN "timeframe" text DEFAULT '1m' NOT NULL;--> statement-breakpoint
ALTER TABLE "signals" ADD CONSTRAINT "signals_bar" UNIQUE("strategy","instrument","timeframe","bar_open_time","word");
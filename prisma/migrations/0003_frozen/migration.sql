-- AlterTable
ALTER TABLE "Bottle" ADD COLUMN "frozen" TEXT;

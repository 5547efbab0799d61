-- CreateTable
CREATE TABLE "Bottle" (
    "slug" TEXT NOT NULL PRIMARY KEY,
    "agent" TEXT NOT NULL,
    "backend" TEXT NOT NULL,
    "provider" TEXT NOT NULL,
    "label" TEXT,
    "color" TEXT,
    "state" TEXT NOT NULL,
    "evidence" TEXT,
    "plan" TEXT NOT NULL,
    "planDigest" TEXT NOT NULL,
    "exitCode" INTEGER,
    "leftBehind" TEXT NOT NULL DEFAULT '[]',
    "stateSince" BIGINT NOT NULL,
    "createdAt" BIGINT NOT NULL,
    "startedAt" BIGINT,
    "endedAt" BIGINT
);

-- CreateTable
CREATE TABLE "Event" (
    "slug" TEXT NOT NULL,
    "seq" INTEGER NOT NULL,
    "at" BIGINT NOT NULL,
    "type" TEXT NOT NULL,
    "step" TEXT,
    "line" INTEGER NOT NULL,
    "lines" INTEGER NOT NULL DEFAULT 0,
    "data" TEXT NOT NULL,

    PRIMARY KEY ("slug", "seq"),
    CONSTRAINT "Event_slug_fkey" FOREIGN KEY ("slug") REFERENCES "Bottle" ("slug") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "Share" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "tokenHash" TEXT NOT NULL,
    "slug" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "fromLine" INTEGER,
    "toLine" INTEGER,
    "createdAt" BIGINT NOT NULL,
    "expiresAt" BIGINT NOT NULL,
    "revokedAt" BIGINT,
    CONSTRAINT "Share_slug_fkey" FOREIGN KEY ("slug") REFERENCES "Bottle" ("slug") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateIndex
CREATE INDEX "Bottle_agent_createdAt_idx" ON "Bottle"("agent", "createdAt");

-- CreateIndex
CREATE INDEX "Event_slug_type_line_idx" ON "Event"("slug", "type", "line");

-- CreateIndex
CREATE UNIQUE INDEX "Share_tokenHash_key" ON "Share"("tokenHash");

-- CreateIndex
CREATE INDEX "Share_slug_idx" ON "Share"("slug");

-- CreateIndex
CREATE INDEX "Event_slug_type_seq_idx" ON "Event"("slug", "type", "seq");

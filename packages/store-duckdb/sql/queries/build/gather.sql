-- `postings`: those of the traces of one step, of some sources.
INSERT INTO build_gathered
{postings}

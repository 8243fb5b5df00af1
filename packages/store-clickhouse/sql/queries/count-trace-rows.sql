SELECT count() FROM traces

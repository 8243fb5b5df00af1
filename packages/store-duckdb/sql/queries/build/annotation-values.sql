SELECT "key", text, number, flag
FROM {from}.annotation_values

SELECT role, source, target, alias
FROM {from}.facts

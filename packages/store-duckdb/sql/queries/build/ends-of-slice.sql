SELECT end_us FROM {from}.facts

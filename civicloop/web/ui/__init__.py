"""Words and small parts that pages share: names of steps and fields, times as people say them."""

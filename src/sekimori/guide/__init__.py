"""The public guide: what people ask an abuse desk, answered; and the pages that do something for them."""

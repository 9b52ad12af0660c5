"""A newcomer's drills, each done in a scratch copy: what must be told of a new thing is named."""

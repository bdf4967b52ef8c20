"""Private servers, the supervisor and the two commands; standard library only."""

"""Lists of people from elsewhere: a CSV file, its photographs, its signature. They become proposals, no more."""

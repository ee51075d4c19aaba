"""Operations that are run again and again: what is plain in them is read without graphql-core's machinery."""

"""Operations that are asked again and again: what is plain in them is read without graphql-core's machinery."""

/** The page at `/`: what to type in a terminal to see the cache work, in an order that makes sense. */

export const welcome = (origin: string): string => `\
hono-redis-cache: an example

Watch the header Cache-Status: "fwd=uri-miss; stored" is a miss, "hit" a hit.

A slow answer, then the same one from the cache (compares 31,125 pairs of names in 23 languages):

  curl -i '${origin}/confusable'
  curl -i '${origin}/confusable?utm_source=you'        its key is static: no query matters

Read and search (spelling does not matter, nor does the language):

  curl -i ${origin}/countries/CHE
  curl -i '${origin}/countries/search?q=swizerland'
  curl -i ${origin}/countries

Not modified: send back the ETag of a hit, and get an empty 304:

  curl -i ${origin}/countries/CHE -H 'If-None-Match: "<the ETag>"'

Change the data. This clears the country's tag, so its page and the searches that found it are made anew:

  curl -i -X PUT ${origin}/countries/CHE/capital -d Zürich
  curl -i ${origin}/countries/CHE

Clear by hand, each in one command to the store, whatever it covers:

  curl -X DELETE ${origin}/cache/tags/country:CHE
  curl -X DELETE ${origin}/cache/namespaces/countries
  curl -X DELETE ${origin}/cache/paths/countries/CHE
  curl -X DELETE ${origin}/cache/keys/confusable
  curl -X DELETE ${origin}/cache                       everything
`

# cmake -DOUTPUT=header -DNAME=macro -DFILES="a;b" -P hash_sources.cmake   writes a header that defines the SHA-256 of the files' contents, in this order.
set(all "")
foreach(file IN LISTS FILES)
  file(SHA256 ${file} hash)
  string(APPEND all "${hash}\n")
endforeach()
string(SHA256 hash "${all}")
file(WRITE ${OUTPUT} "#define ${NAME} \"${hash}\"\n")

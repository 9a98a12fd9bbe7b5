# PAAS_SANITIZE=address,undefined or thread: everything we compile is instrumented, generated code too.
set(PAAS_SANITIZE "" CACHE STRING "Sanitizers to build with, as for -fsanitize=")
if(PAAS_SANITIZE)
  add_compile_options(-fsanitize=${PAAS_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  string(REPLACE "fuzzer-no-link," "" at_link "${PAAS_SANITIZE}")
  add_link_options(-fsanitize=${at_link})
endif()

# PAAS_SANITIZE=address,undefined or thread: everything we compile is instrumented, generated code too.
set(PAAS_SANITIZE "" CACHE STRING "Sanitizers to build with, as for -fsanitize=")
if(PAAS_SANITIZE)
  add_compile_options(-fsanitize=${PAAS_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    add_compile_options(-fsanitize-ignorelist=${CMAKE_CURRENT_LIST_DIR}/sanitizers.ignore)
  endif()
  string(REPLACE "fuzzer-no-link," "" at_link "${PAAS_SANITIZE}")
  add_link_options(-fsanitize=${at_link})
  if(PAAS_SANITIZE STREQUAL "thread")
    # Asio's queues are guarded by mutexes, which the sanitizer sees; the fences that they carry
    # besides, which it cannot, are only warned of.
    add_compile_options($<$<CXX_COMPILER_ID:GNU>:-Wno-tsan>)
  endif()
endif()

# PAAS_SANITIZE=address,undefined or thread: everything we compile is instrumented, generated code too.
set(PAAS_SANITIZE "" CACHE STRING "Sanitizers to build with, as for -fsanitize=")
if(PAAS_SANITIZE)
  add_compile_options(-fsanitize=${PAAS_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    add_compile_options(-fsanitize-ignorelist=${CMAKE_CURRENT_LIST_DIR}/sanitizers.ignore)
  endif()
  add_link_options(-fsanitize=${PAAS_SANITIZE})
endif()

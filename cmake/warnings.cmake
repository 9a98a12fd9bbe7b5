# Warnings of our own sources. Generated code opts out in protos.cmake.
option(PAAS_WERROR "Treat warnings as errors" OFF)

add_library(paas_warnings INTERFACE)
target_compile_options(paas_warnings INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion)
if(PAAS_WERROR)
  target_compile_options(paas_warnings INTERFACE -Werror)
endif()
if(CMAKE_CXX_COMPILER_ID MATCHES Clang)
  # TRY is a GNU statement expression (both compilers we support have it).
  target_compile_options(paas_warnings INTERFACE -Wno-gnu-statement-expression)
  # libstdc++ 12 deprecates what its own stable_sort calls, and clang blames the caller.
  target_compile_options(paas_warnings INTERFACE -Wno-deprecated-declarations)
endif()
if(PAAS_UNITY AND CMAKE_CXX_COMPILER_ID STREQUAL GNU)
  # gcc takes every file of a unity build for a header, where an anonymous namespace would matter.
  target_compile_options(paas_warnings INTERFACE -Wno-subobject-linkage)
endif()

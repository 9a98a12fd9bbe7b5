# tests/fuzz/NAME.cpp becomes build/fuzz/bin/fuzz_NAME, a libFuzzer target over our parsers.
option(PAAS_FUZZ "Build the fuzz targets (clang only)" OFF)
if(NOT PAAS_FUZZ)
  return()
endif()

add_library(paas_fuzzed STATIC)
paas_use_objects(paas_fuzzed libpaas provider)
set_target_properties(paas_fuzzed PROPERTIES LINKER_LANGUAGE CXX)

file(GLOB targets CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/tests/fuzz/*.cpp")
foreach(source IN LISTS targets)
  cmake_path(GET source STEM name)
  add_executable(fuzz_${name} EXCLUDE_FROM_ALL "${source}")
  paas_own(fuzz_${name})
  target_link_libraries(fuzz_${name} PRIVATE paas_fuzzed paas_protos paas_grpc paas_deps)
  target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
endforeach()

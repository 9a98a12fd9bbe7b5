# tests/fuzz/NAME.cpp becomes build/fuzz/bin/fuzz_NAME, a libFuzzer target over our parsers. Only the
# folders that parse are compiled, and of others single files: nothing here needs gRPC or curl.
option(PAAS_FUZZ "Build the fuzz targets (clang only)" OFF)
if(NOT PAAS_FUZZ)
  return()
endif()

add_library(paas_fuzzed STATIC EXCLUDE_FROM_ALL
  libpaas/adapters/pve/options.cpp
  libpaas/adapters/system_files.cpp
  libpaas/adapters/tls_trust.cpp
  libpaas/direct/container.cpp
  libpaas/direct/refusals.cpp
  libpaas/node/status.cpp
  provider/plugin/handshake.cpp
  provider/plugin/hclog.cpp)
paas_own(paas_fuzzed)
target_sources(paas_fuzzed PRIVATE
  $<TARGET_OBJECTS:libpaas_base>
  $<TARGET_OBJECTS:libpaas_blueprint>
  $<TARGET_OBJECTS:libpaas_compose>
  $<TARGET_OBJECTS:libpaas_dns>
  $<TARGET_OBJECTS:libpaas_engine>
  $<TARGET_OBJECTS:libpaas_placement>
  $<TARGET_OBJECTS:libpaas_proxmox>
  $<TARGET_OBJECTS:provider_tf>)

file(GLOB targets CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/tests/fuzz/*.cpp")
foreach(source IN LISTS targets)
  cmake_path(GET source STEM name)
  add_executable(fuzz_${name} EXCLUDE_FROM_ALL "${source}")
  paas_own(fuzz_${name})
  target_link_libraries(fuzz_${name} PRIVATE paas_fuzzed paas_deps)
  target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
endforeach()

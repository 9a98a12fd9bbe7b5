# tests/fuzz/NAME.cpp becomes build/fuzz/bin/fuzz_NAME, a libFuzzer target over our parsers (and, not
# optimised, build/asan/bin/fuzz_NAME, for samples). Only the folders that parse are compiled, and of
# others single files: nothing here needs gRPC or curl.
option(PAAS_FUZZ "Build the fuzz targets (clang only)" OFF)
if(NOT PAAS_FUZZ)
  return()
endif()

add_library(paas_fuzzed STATIC EXCLUDE_FROM_ALL
  libpaas/adapters/host/tzif.cpp
  libpaas/adapters/pve/options.cpp
  libpaas/adapters/system_files.cpp
  libpaas/adapters/tls_trust.cpp
  libpaas/direct/container.cpp
  libpaas/direct/refusals.cpp
  libpaas/node/status.cpp
  provider/plugin/handshake.cpp
  provider/plugin/hclog.cpp)
paas_own(paas_fuzzed)
target_compile_options(paas_fuzzed PRIVATE -fsanitize=fuzzer-no-link)
foreach(module libpaas_base libpaas_blueprint libpaas_compose libpaas_dns libpaas_engine
        libpaas_expansion libpaas_jobs libpaas_placement libpaas_proxmox libpaas_reconcile
        libpaas_rollout provider_tf)
  target_sources(paas_fuzzed PRIVATE $<TARGET_OBJECTS:${module}>)
  target_compile_options(${module} PRIVATE -fsanitize=fuzzer-no-link)  # counts what inputs reach
endforeach()

file(GLOB targets CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/tests/fuzz/*.cpp")
foreach(source IN LISTS targets)
  cmake_path(GET source STEM name)
  add_executable(fuzz_${name} EXCLUDE_FROM_ALL "${source}")
  paas_own(fuzz_${name})
  target_compile_options(fuzz_${name} PRIVATE -fsanitize=fuzzer-no-link)
  target_link_libraries(fuzz_${name} PRIVATE paas_fuzzed paas_deps)
  target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
endforeach()

# What we link, in two ways: shared (libpaas.so and everything built for development) and static
# (the provider as shipped, which needs nothing but libc and libm).
option(PAAS_STATIC_PROVIDER "Link the provider into one self-contained executable" OFF)

find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(CURL REQUIRED)
pkg_check_modules(YAML REQUIRED IMPORTED_TARGET yaml-cpp)
pkg_check_modules(GRPC REQUIRED IMPORTED_TARGET grpc++ protobuf)

# paas_deps: what libpaas needs. paas_grpc: what the plugin layer needs on top.
add_library(paas_deps INTERFACE)
target_link_libraries(paas_deps INTERFACE CURL::libcurl OpenSSL::SSL OpenSSL::Crypto
                                          PkgConfig::YAML Threads::Threads)
add_library(paas_grpc INTERFACE)
target_link_libraries(paas_grpc INTERFACE PkgConfig::GRPC)

# paas_static: both of the above from archives. Debian's libprotobuf.a and libyaml-cpp.a are not
# position-independent, so the executable is not either.
if(PAAS_STATIC_PROVIDER)
  execute_process(COMMAND "${PROJECT_SOURCE_DIR}/cmake/static_curl.sh" OUTPUT_VARIABLE curl_prefix
                  OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
  set(archives "${curl_prefix}/lib/libcurl.a")
  set(of_libc dl pthread rt m)
  set(names ${GRPC_STATIC_LIBRARIES} ssl crypto yaml-cpp z)
  list(REMOVE_DUPLICATES names)
  list(REMOVE_ITEM names ${of_libc} atomic)
  foreach(name IN LISTS names)
    find_library(PAAS_ARCHIVE_${name} "lib${name}.a" REQUIRED)
    list(APPEND archives "${PAAS_ARCHIVE_${name}}")
  endforeach()
  add_library(paas_static INTERFACE)
  target_link_libraries(paas_static INTERFACE "$<LINK_GROUP:RESCAN,${archives}>" Threads::Threads)
  target_link_options(paas_static INTERFACE -no-pie -static-libstdc++ -static-libgcc
                                            $<$<CONFIG:Release>:-Wl,--gc-sections>)
endif()

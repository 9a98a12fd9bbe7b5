# What we link, in two ways: paas_shared_deps (libpaas.so and everything built for development) and
# paas_static_deps (the provider as shipped).
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(CURL REQUIRED)
pkg_check_modules(YAML REQUIRED IMPORTED_TARGET yaml-cpp)
pkg_check_modules(GRPC REQUIRED IMPORTED_TARGET grpc++ protobuf)

# libpaas alone; the provider adds gRPC.
add_library(paas_shared_deps INTERFACE)
target_link_libraries(paas_shared_deps INTERFACE CURL::libcurl OpenSSL::SSL OpenSSL::Crypto
                                                 PkgConfig::YAML Threads::Threads)
add_library(paas_grpc_shared INTERFACE)
target_link_libraries(paas_grpc_shared INTERFACE PkgConfig::GRPC)

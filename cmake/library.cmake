# libpaas.so: everything under libpaas/, of which only the public headers' symbols are exported.
include(public_headers)
include(GNUInstallDirs)

# While the version is 0.x, a minor release may break the binary interface: it is in the soname.
set(PAAS_SOVERSION "${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}")
set(exports "${PROJECT_BINARY_DIR}/exports.map")
configure_file(cmake/exports.map.in "${exports}" @ONLY)

add_library(paas SHARED)
add_library(paas::paas ALIAS paas)
paas_use_objects(paas libpaas)
set_target_properties(paas PROPERTIES VERSION ${PROJECT_VERSION} SOVERSION ${PAAS_SOVERSION}
                                      LINKER_LANGUAGE CXX LINK_DEPENDS "${exports}")
target_link_libraries(paas PRIVATE paas_deps)
target_link_options(paas PRIVATE -Wl,--exclude-libs,ALL "-Wl,--version-script=${exports}" -Wl,-z,defs)
target_compile_features(paas INTERFACE cxx_std_20)
target_include_directories(paas INTERFACE "$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>"
                                          "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>")

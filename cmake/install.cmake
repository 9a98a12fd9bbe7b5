# `cmake --install`: the library with headers, CMake package and pkg-config file; the programs; the
# licence. Everything is found relative to where it lies, so that a prefix can be moved. The component
# `node` is what a host needs (deb.cmake).
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

install(TARGETS paas EXPORT paasTargets
        LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT node NAMELINK_COMPONENT development)
foreach(header IN LISTS PAAS_PUBLIC_HEADERS)
  if(EXISTS "${PROJECT_SOURCE_DIR}/${header}")
    cmake_path(GET header PARENT_PATH folder)
    install(FILES "${header}" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/${folder}")
  endif()
endforeach()

set(package "${CMAKE_INSTALL_LIBDIR}/cmake/paas")
install(EXPORT paasTargets NAMESPACE paas:: DESTINATION "${package}")
configure_package_config_file(cmake/paasConfig.cmake.in "${PROJECT_BINARY_DIR}/paasConfig.cmake"
                              INSTALL_DESTINATION "${package}")
write_basic_package_version_file("${PROJECT_BINARY_DIR}/paasConfigVersion.cmake"
                                 COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/paasConfig.cmake"
              "${PROJECT_BINARY_DIR}/paasConfigVersion.cmake" DESTINATION "${package}")

set(pkgconfig "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
file(RELATIVE_PATH PAAS_PC_PREFIX "/${pkgconfig}" "/")
configure_file(cmake/paas.pc.in "${PROJECT_BINARY_DIR}/paas.pc" @ONLY)
install(FILES "${PROJECT_BINARY_DIR}/paas.pc" DESTINATION "${pkgconfig}")

if(TARGET terraform-provider-paas)
  install(TARGETS terraform-provider-paas DESTINATION "${CMAKE_INSTALL_BINDIR}")
endif()
install(TARGETS paas-agent paas-dns DESTINATION "${CMAKE_INSTALL_BINDIR}" COMPONENT node)
install(FILES LICENSE DESTINATION "${CMAKE_INSTALL_DOCDIR}")

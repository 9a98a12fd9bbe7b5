# The package of a node: the agent, the names service, the library they need and their units, all of
# them of the component `node`. `./dev package` makes it with CPack.
foreach(unit paas-agent paas-dns)
  install(FILES agent/systemd/${unit}.service DESTINATION lib/systemd/system COMPONENT node
          EXCLUDE_FROM_ALL)  # they name /usr/bin, where only the package puts them
endforeach()
install(FILES cmake/deb/host.yaml DESTINATION /etc/paas COMPONENT node EXCLUDE_FROM_ALL)
install(FILES LICENSE RENAME copyright DESTINATION share/doc/paas-agent COMPONENT node
        EXCLUDE_FROM_ALL)
install(CODE [[
  foreach(shell_and_file bash:share/bash-completion/completions/paas-agent
          zsh:share/zsh/vendor-completions/_paas-agent
          fish:share/fish/vendor_completions.d/paas-agent.fish)
    string(REPLACE ":" ";" pair "${shell_and_file}")
    list(GET pair 0 shell)
    list(GET pair 1 file)
    set(file "$ENV{DESTDIR}${CMAKE_INSTALL_PREFIX}/${file}")
    cmake_path(GET file PARENT_PATH folder)
    file(MAKE_DIRECTORY "${folder}")
    execute_process(COMMAND "$ENV{DESTDIR}${CMAKE_INSTALL_PREFIX}/bin/paas-agent" completion ${shell}
                    OUTPUT_FILE "${file}" COMMAND_ERROR_IS_FATAL ANY)
  endforeach()
]] COMPONENT node EXCLUDE_FROM_ALL)

set(CPACK_GENERATOR DEB)
set(CPACK_INSTALL_PREFIX /usr)
set(CPACK_SET_DESTDIR ON)
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL node)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_NODE_PACKAGE_NAME paas-agent)
set(CPACK_DEBIAN_NODE_FILE_NAME DEB-DEFAULT)
set(CPACK_PACKAGE_VERSION "${PROJECT_VERSION}")
set(CPACK_PACKAGE_CONTACT "paas <root@localhost>")
set(CPACK_COMPONENT_NODE_DESCRIPTION
    "keeps a Linux host as declared: apps in containers, their names and updates
 paas-agent runs the apps and jobs of a file or a git repository in Podman or
 Docker, and keeps them so through crashes, drift, reboots and new releases.
 paas-dns answers for their names.")
set(CPACK_DEBIAN_NODE_PACKAGE_SECTION admin)
set(CPACK_DEBIAN_NODE_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_NODE_PACKAGE_DEPENDS "nftables, init-system-helpers")
set(CPACK_DEBIAN_NODE_PACKAGE_RECOMMENDS "podman | docker.io | docker-ce, netavark, catatonit, git, ca-certificates, tzdata")
set(CPACK_DEBIAN_NODE_PACKAGE_CONTROL_STRICT_PERMISSION ON)
foreach(script conffiles postinst prerm postrm)
  list(APPEND CPACK_DEBIAN_NODE_PACKAGE_CONTROL_EXTRA "${PROJECT_SOURCE_DIR}/cmake/deb/${script}")
endforeach()
include(CPack)

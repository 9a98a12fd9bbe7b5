# paas-dns, the names service: runs for ever on every node, so it is small. It takes the objects of
# its own two folders and single files of others, and where the provider is linked from archives it
# is too.
add_executable(paas-dns
  agent/dns/main.cpp
  agent/arguments.cpp
  agent/text_log.cpp
  libpaas/adapters/environment.cpp
  libpaas/adapters/system_random.cpp
  libpaas/base/json.cpp
  libpaas/base/log.cpp
  libpaas/base/net.cpp
  libpaas/base/result.cpp
  libpaas/base/text.cpp
  $<TARGET_OBJECTS:libpaas_dns>
  $<TARGET_OBJECTS:libpaas_adapters_dns>)
paas_own(paas-dns)
target_link_libraries(paas-dns PRIVATE Threads::Threads)
if(PAAS_STATIC_PROVIDER AND NOT PAAS_SANITIZE)
  target_link_options(paas-dns PRIVATE -static-pie $<$<CONFIG:Release>:-Wl,--gc-sections>)
endif()

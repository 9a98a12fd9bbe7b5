# The programs: what is shipped, what writes docs/, and three that only tests and benches run.

# The provider and the generator of its documentation are the same objects with another main.
paas_program(terraform-provider-paas provider PARTS libpaas provider)
paas_program(paas-docs provider/docs PARTS libpaas provider)
foreach(program terraform-provider-paas paas-docs)
  if(NOT TARGET ${program})
    continue()
  endif()
  if(PAAS_STATIC_PROVIDER)
    target_link_libraries(${program} PRIVATE paas_protos paas_static)
  else()
    target_link_libraries(${program} PRIVATE paas_protos paas_grpc paas_deps)
  endif()
endforeach()

# The agent is an ordinary user of libpaas.so: it may call what the public headers declare.
paas_program(paas-agent agent PARTS agent)
if(TARGET paas-agent)
  target_link_libraries(paas-agent PRIVATE paas)
  set_target_properties(paas-agent PROPERTIES INSTALL_RPATH "\$ORIGIN/../${CMAKE_INSTALL_LIBDIR}")
endif()

paas_program(fake-pve tests/fake-pve PARTS tests/fake-pve)
if(TARGET fake-pve)
  if(TARGET libpaas_base)
    target_sources(fake-pve PRIVATE $<TARGET_OBJECTS:libpaas_base>)
  endif()
  target_link_libraries(fake-pve PRIVATE paas_deps)
endif()

# A provider of odd resources on our own plugin layer, for the tests of that layer. Linked as the
# provider is, so that one can be measured beside the other.
paas_program(terraform-provider-corner tests/corner PARTS tests/corner)
if(TARGET terraform-provider-corner)
  foreach(module libpaas_base provider_tf provider_plugin)
    if(TARGET ${module})
      target_sources(terraform-provider-corner PRIVATE $<TARGET_OBJECTS:${module}>)
    endif()
  endforeach()
  if(PAAS_STATIC_PROVIDER)
    target_link_libraries(terraform-provider-corner PRIVATE paas_protos paas_static)
  else()
    target_link_libraries(terraform-provider-corner PRIVATE paas_protos paas_grpc paas_deps)
  endif()
endif()

# The placement bench uses the engine below the public headers, so it takes the objects.
paas_program(paas-bench-placement tests/bench/placement PARTS tests/bench)
if(TARGET paas-bench-placement)
  foreach(module libpaas_base libpaas_placement libpaas_placement_reassign)
    if(TARGET ${module})
      target_sources(paas-bench-placement PRIVATE $<TARGET_OBJECTS:${module}>)
    endif()
  endforeach()
  target_link_libraries(paas-bench-placement PRIVATE paas_deps)
endif()

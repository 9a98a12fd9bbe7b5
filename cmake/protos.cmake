# The wire messages of Terraform's plugin protocol and of go-plugin, generated into the build
# folder. Generated code is its own library: no unity build, no warnings, little optimisation.
# Include path = repository path: "provider/proto/tfplugin6.pb.h". No services are generated: the
# server in provider/plugin finds calls by their path.
find_program(PAAS_PROTOC protoc REQUIRED)

set(PAAS_GENERATED "${PROJECT_BINARY_DIR}/generated")
file(GLOB protos CONFIGURE_DEPENDS RELATIVE "${PROJECT_SOURCE_DIR}"
     "${PROJECT_SOURCE_DIR}/provider/proto/*.proto")
set(generated "")
foreach(proto IN LISTS protos)
  string(REGEX REPLACE "\\.proto$" "" stem "${PAAS_GENERATED}/${proto}")
  set(outputs "${stem}.pb.cc" "${stem}.pb.h")
  file(MAKE_DIRECTORY "${PAAS_GENERATED}")
  add_custom_command(
    OUTPUT ${outputs}
    COMMAND ${PAAS_PROTOC} -I "${PROJECT_SOURCE_DIR}" "--cpp_out=${PAAS_GENERATED}" "${proto}"
    WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}"
    DEPENDS "${PROJECT_SOURCE_DIR}/${proto}"
    VERBATIM)
  list(APPEND generated ${outputs})
endforeach()

if(generated)
  add_library(paas_protos STATIC ${generated})
  target_compile_options(paas_protos PRIVATE -w $<$<CONFIG:Release>:-O1>)
  set_target_properties(paas_protos PROPERTIES UNITY_BUILD OFF)
else()
  add_library(paas_protos INTERFACE)
endif()
get_target_property(kind paas_protos TYPE)
if(kind STREQUAL "STATIC_LIBRARY")
  target_include_directories(paas_protos SYSTEM PUBLIC "${PAAS_GENERATED}")
else()
  target_include_directories(paas_protos SYSTEM INTERFACE "${PAAS_GENERATED}")
endif()

# One program with every *_test.cpp; Catch2's own main is compiled once, apart. A release has it only
# where it is asked for, and does not optimise it: that would take twice the time.
file(GLOB_RECURSE tests CONFIGURE_DEPENDS
     "${PROJECT_SOURCE_DIR}/libpaas/*_test.cpp" "${PROJECT_SOURCE_DIR}/provider/*_test.cpp"
     "${PROJECT_SOURCE_DIR}/agent/*_test.cpp" "${PROJECT_SOURCE_DIR}/tests/fakes/*_test.cpp"
     "${PROJECT_SOURCE_DIR}/tests/fake-pve/*_test.cpp" "${PROJECT_SOURCE_DIR}/tests/contract/*_test.cpp"
     "${PROJECT_SOURCE_DIR}/tests/bench/*_test.cpp")
if(tests)
  add_library(unit_test_sources OBJECT ${tests})
  paas_own(unit_test_sources)
  paas_unity(unit_test_sources 6)
  target_link_libraries(unit_test_sources PRIVATE paas_protos)
  target_compile_definitions(unit_test_sources PRIVATE PAAS_SOURCE_DIR="${PROJECT_SOURCE_DIR}")

  add_executable(unit_tests tests/main.cpp)
  target_sources(unit_tests PRIVATE $<TARGET_OBJECTS:unit_test_sources>)
  paas_use_objects(unit_tests libpaas provider agent tests/fakes tests/fake-pve tests/contract
                   tests/engine tests/bench)
  target_link_libraries(unit_tests PRIVATE rapidcheck paas_protos paas_grpc paas_deps)
  if(TARGET fake-pve)
    add_dependencies(unit_tests fake-pve)  # tests/contract starts it, from the same folder
  endif()
endif()

# The contract of ContainerRuntime against a real engine, and what only a real one can show. The
# unit tests hold the same contract against the engine in memory.
add_executable(engine-contract tests/main.cpp tests/engine/real_test.cpp)
paas_own(engine-contract)
paas_use_objects(engine-contract libpaas tests/fakes tests/engine)
target_link_libraries(engine-contract PRIVATE paas_deps)

if(CMAKE_BUILD_TYPE STREQUAL Release)
  set_target_properties(engine-contract PROPERTIES EXCLUDE_FROM_ALL ON)
  if(TARGET unit_tests)
    set_target_properties(unit_tests unit_test_sources PROPERTIES EXCLUDE_FROM_ALL ON)
    target_compile_options(unit_test_sources PRIVATE -O0)
  endif()
endif()

"""The parts of the contract, each the text of one file of tests/data/VERSION."""

from contract import command_line, configuration, documents, serving


def parts(sample):
    """{file name: lines} of the program in CAL_EXPORTER. Leaves the sample's state."""
    found = {
        'flags.txt': command_line.flags(),
        'configuration_keys.txt': configuration.keys(),
        'web_configuration_keys.txt': configuration.web_keys(),
        'reasons.txt': serving.from_registry('reasons'),
        'causes.txt': serving.from_registry('causes'),
        'report_schema.txt': documents.report_keys(documents.SCHEMA.read_text()),
    }
    with serving.running(sample) as agent:
        serving.wait_until_ready(agent)
        found['metrics.txt'] = serving.families(agent)
        found['http_paths.txt'] = list(serving.paths(agent, sample))
    found['http_paths.txt'] += serving.paths_of_other_agents(sample)
    found['state.txt'] = documents.state_keys(sample.state)
    found['report_shown.txt'] = documents.shown_keys(documents.report_of(sample))
    found['exit_codes.txt'] = command_line.exit_codes(sample)
    return {name: list(lines) for name, lines in found.items()}

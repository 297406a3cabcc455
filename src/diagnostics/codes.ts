/**
 * Every code that a diagnostic can carry, with the sentence `rh-batch explain CODE` prints.
 * A code keeps its meaning for ever; a retired one is not used again.
 */
export const codes = {
  // E00xx: the command line
  E0001: 'The command line has an unknown command, an unknown option or a bad value.',
  E0002: 'A file that was named on the command line cannot be read.',
  E0003: 'No API key: RUNNINGHUB_API_KEY is not set.',
  E0004: 'A curl command cannot be read, or it starts no task.',
  E0005: 'A file that would be written is there already, or cannot be written.',
  E0006: 'Events of the service cannot arrive where --listen and --public-url say.',
  E0035: 'A file given to apply says that it is a saved plan, and cannot be read as one.',
  E0036: 'A saved plan is stale: what would run now is not what was approved.',
  E0040: 'HTTP_PROXY or HTTPS_PROXY cannot be understood.',

  // E01xx: the manifest's text and keys
  E0101: 'The manifest is empty.',
  E0102: 'The manifest is not well-formed YAML.',
  E0103: 'The manifest uses a YAML tag that is not known.',
  E0104: 'The manifest file holds more than one YAML document.',
  E0105: 'The manifest is nested too deeply.',
  E0106: 'Aliases blow the manifest up beyond any use.',
  E0107: 'A YAML alias has no anchor, or contains itself.',
  E0108: 'A YAML merge key stands before something that is no map.',
  E0109: 'Two braces without a dollar are a map in YAML, not a template.',
  E0110: 'A key of the manifest is no text.',
  E0111: 'A "#" begins a YAML comment where text may have been meant.',
  E0112: 'The manifest has a key that the language does not know.',
  E0113: 'A value of the manifest has the wrong type or form.',
  E0114: 'A key that the manifest needs is missing.',
  E0115: 'An API key or a password stands in a file where it would be stored and shared.',
  E0116: 'The manifest is written for another version of the language.',
  E0117: 'The file is not text in UTF-8.',
  E0118: 'A duration has no unit or an unknown one.',
  E0119: 'The profile that was asked for is not in the manifest.',
  E0120: 'An axis of the matrix is not of any known form.',
  E0121: 'A path would leave the folder it belongs in.',
  E0122: 'The manifest names two targets, or a key of another target.',
  E0123: 'A key means nothing for the target that the manifest names.',
  E0124: 'What notify.url needs is not in the environment.',
  E0125: 'The machine type is none that rh-batch knows.',
  E0165: 'A template stands where none is read.',

  // E02xx: api.json and addresses
  E0201: 'api.json is empty or no text.',
  E0202: 'api.json is not valid JSON.',
  E0203: 'The file is no graph in API format.',
  E0204: 'The graph was found inside another document and taken from there.',
  E0205: 'A node of api.json is not of the form { class_type, inputs }.',
  E0206: 'A link of api.json leads to a node that is not there.',
  E0207: 'An address selects no node.',
  E0208: 'An address selects several nodes.',
  E0209: 'An address names a field that the node does not have.',
  E0210: 'An address names an input that is wired from another node.',
  E0211: 'An address can be read in two ways.',
  E0212: 'An address is not of the form selector.field.',
  E0214: 'The graph saved on the service could not be compared with api.json.',
  E0215: 'The file does not describe what the manifest wants to run.',
  E0213: 'The graph saved on the service differs from api.json in structure.',

  // E03xx: the matrix and its tables
  E0301: 'A table or another file of the matrix cannot be read.',
  E0302: 'A table is not in the encoding it is said to have.',
  E0303: 'A table has no header or no rows.',
  E0304: 'A table has an empty or a repeated column name.',
  E0305: 'A row has more or fewer cells than the header.',
  E0306: 'A table is not well-formed.',
  E0307: 'The matrix has more runs than limits.maxRuns allows.',
  E0308: 'An axis has no values.',
  E0309: 'A range or random axis has numbers that make no sense.',
  E0310: 'A glob matches no file.',
  E0311: 'Axes of a zip group differ in length.',
  E0312: 'Two axes or columns have the same name.',
  E0313: 'An exclude entry names something that is no axis or column.',
  E0314: 'An exclude entry removes nothing.',
  E0315: 'The sample is larger than the matrix.',
  E0316: 'A glob would take up the outputs of earlier runs.',
  E0317: 'XLSX files need an optional package.',
  E0318: 'A column name or a name of an axis cannot be used in templates.',
  E0319: 'The matrix has no runs.',
  E0330: 'Rows of a table whose cells are all empty were skipped.',
  E0331: 'None of the columns of a table is used, so that its rows would change nothing.',

  // E04xx: templates, values and bindings
  E0401: 'A template is not well-formed.',
  E0402: 'A template uses a name that does not exist.',
  E0403: 'A template uses a filter that does not exist, or wrongly.',
  E0404: 'A template needs a value that is not given in a row.',

  E0405: 'One field is set in two places.',
  E0406: 'A value does not fit the field it is meant for.',
  E0407: 'A column, an axis or a variable is used nowhere.',
  E0408: 'A map in place of a value is none of { asset }, { file }, { value }, { asSaved }.',
  E0409: 'A text file named by { file } cannot be used.',
  E0411: 'A value is none of the choices that a field has, or out of its range.',
  E0412: 'A field that needs a value has none in some run.',
  E0440: 'A run would be the unchanged workflow, although a matrix or set is written.',
  E0410: 'A selection on the command line fits no run.',
  E0465: 'A text looks like a template and is none, because its braces are not ${{ }}.',

  // E05xx: assets
  E0501: 'An asset does not exist.',
  E0502: 'An asset cannot be read.',
  E0503: 'An asset is empty.',
  E0504: 'An asset is larger than the service takes.',
  E0505: 'An asset is not of the kind that its field takes.',

  // E06xx: names and outputs
  E0601: 'Two runs have the same name.',
  E0602: 'A run name is empty.',
  E0603: 'An output name leads out of the outputs folder.',
  E0604: 'Outputs of different runs would have the same name.',

  // E07xx: state: journal, lock, ledger
  E0701: 'Another process holds the state of the batch.',
  E0703:
    'The run that was named is not in the journal, or not in the state that the command wants.',
  E0702: 'The state of the batch cannot be read or written.',
  E0704: 'A folder given to merge holds no state of a shard.',
  E0705: 'A shard is of another batch, manifest, plan or account than the first one.',
  E0706: 'A shard is missing, given twice, or was applied in part only.',
  E0707: 'Outputs of a shard are not where they were saved, or cannot be copied.',
  E0708: 'A shard did not come to an orderly end: what it knows may not be all.',
  E0709: 'A folder given to --compare holds no results of an earlier batch.',
  E0710: 'A folder given to --compare holds the results of another workflow.',
  E0745: 'Two manifests lead to one state: they have the same name.',
  E0746: 'A batch was renamed, and its state is taken over under the new name.',
  E0750: 'The folder of the outputs cannot be written.',
  E0751: 'A file that is no report of rh-batch stands where a report would be written.',

  // E08xx: the service and the account
  E0801: 'The service refused what a command asked for.',
  E0802: 'The batch is expected to need more coins than the account has.',
  E0803: 'The account could not be asked for its balance.',
  E0890: 'A run of the batch failed, was cancelled, or is unknown.',
} as const;

export type Code = keyof typeof codes;

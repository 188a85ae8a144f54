/** Rules that iptables refuses, one for each reason, and what is said of them: the code, and words of the reason. */
export const refusals: readonly (readonly [rule: string, code: string, words: string])[] = [
  ['INPUT ! -s 10.0.0.1,10.0.0.2 -j ACCEPT', 'option-negation', 'cannot be negated together'],
  ['INPUT -s 1.2.65536', 'option-value', "'1.2.65536' is no valid value"],
  ['INPUT -s 1.16777216', 'option-value', "'1.16777216' is no valid value"],
  ['INPUT -p tcp -m udp --dport 1', 'option-needs', '-m udp needs -p udp'],
  ['INPUT -m multiport --dports 1', 'option-needs', 'multiport needs -p tcp, udp, udplite, sctp or dccp'],
  [
    `INPUT -p tcp -m multiport --dports ${Array.from({ length: 16 }, (_, port) => port + 1)}`,
    'option-value',
    'at most 15 ports, a range counting twice',
  ],
  [
    'INPUT -p tcp -m multiport --dports 1:2,3:4,5:6,7:8,9:10,11:12,13:14,15:16',
    'option-value',
    'at most 15 ports, a range counting twice',
  ],
  ['INPUT -m recent --name x', 'option-missing', 'recent needs --set'],
  ['INPUT -m recent --set --seconds 5', 'option-conflict', '--set excludes --seconds and --hitcount'],
  ['INPUT -m limit --limit 20000/second', 'option-value', 'at most 10000/second'],
  ['OUTPUT -m owner', 'option-missing', 'owner needs --uid-owner, --gid-owner or --socket-exists'],
  ['FORWARD -m physdev', 'option-missing', '-m physdev needs an option'],
  ['INPUT -m string --algo bm', 'option-missing', 'string needs --string or --hex-string'],
  ['INPUT -m string --algo bm --string ""', 'option-value', 'an empty string is refused'],
  ['INPUT -m string --algo bm --from 9 --to 3 --string a', 'option-conflict', '--from is above --to'],
  [
    `INPUT -m u32 --u32 "${Array.from({ length: 11 }, () => '0=1').join('&&')}"`,
    'option-value',
    'LOCATION=RANGE',
  ],
  ['INPUT -m u32 --u32 "0=0x100000000"', 'option-value', 'a number of 32 bits'],
  [
    'INPUT -m policy --dir in --pol ipsec --strict --reqid 1 --next --reqid 2 --next --reqid 3 --next --reqid 4 --next --reqid 5',
    'option-conflict',
    'a policy has at most four elements',
  ],
  [
    'INPUT -m policy --dir in --pol ipsec --strict --mode transport --tunnel-src 10.0.0.1',
    'option-needs',
    '--tunnel-src and --tunnel-dst need --mode tunnel',
  ],
  ['INPUT -m policy --dir in --pol none --strict', 'option-conflict', '--pol none excludes --strict'],
];

/** The same with one thing less, or more, which iptables takes. */
export const accepted: readonly string[] = [
  'INPUT -s 1.2.65535',
  'INPUT -p tcp -m multiport --dports 1:2,3:4,5:6,7:8,9:10,11:12,13:14,15',
  `INPUT -m u32 --u32 "${Array.from({ length: 10 }, () => '0=1').join('&&')}"`,
  'INPUT -m policy --dir in --pol ipsec --strict --mode tunnel --tunnel-src 10.0.0.1',
];

export const asDump = (rule: string): string => `*filter\n-A ${rule}\nCOMMIT\n`;

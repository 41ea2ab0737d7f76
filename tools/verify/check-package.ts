/** An election package in words: who signed it, which election, for whom, and whether it is whole. */
import { equalBytes, toHex } from '../../ground/bytes.js';
import { textIn } from '../../election-def/definition.js';
import { openElectionPackage } from '../../firmware/trust/election-package.js';
import { counted, Findings, short, type Checked } from './findings.js';

/** @param authority what must have signed it, where that is known from elsewhere */
export async function checkPackage(path: string, name: string, authority?: Uint8Array): Promise<Checked> {
  const findings = new Findings(name);
  const opened = await openElectionPackage(path);
  if (!opened.ok) {
    findings.blame(...opened.error.map((one) => renamed(one, name)));
    return { kind: 'package', name, findings, identity: {}, content: undefined };
  }
  const content = opened.value;
  const { definition, definitionSha256, mode, packageSha256 } = content;
  const say = (sentence: string): void => findings.say(sentence);
  const [language = 'en'] = definition.languages;
  const signer = content.authority.signPublicKey;
  findings.check(
    authority === undefined || equalBytes(signer, authority),
    `whole, and signed by the authority ${short(toHex(signer))}`,
    '',
    `is signed by another authority, ${toHex(signer)}`,
  );
  say(
    `election ${definition.id}: ${textIn(definition.title, language)}, ${definition.date}; ${inMode(mode)}`,
  );
  say(`polling place ${content.pollingPlaceId}, ${counted(content.precinctIds.length, 'precinct')}`);
  say(
    `${counted(content.layouts.length, 'ballot')} laid out, ${counted(definition.contests.length, 'contest')}`,
  );
  say(`for ${content.devices.map((device) => device.serialNumber).join(', ')}, each certified`);
  say(`${counted(content.securityKeys.length, 'security key')} valid`);
  say(`package ${packageSha256}`);
  say(`definition ${definitionSha256}`);
  const identity = { electionId: definition.id, definitionSha256, packageSha256, mode };
  return { kind: 'package', name, findings, identity, content };
}

export function inMode(mode: 'test' | 'official'): string {
  return mode === 'test' ? 'TEST, not an election' : 'official';
}

/** Rooms below know a folder by its last name; the person named it by its path inside what was given. */
export function renamed<T extends { readonly where: string }>(found: T, name: string): T {
  const last = name.slice(name.lastIndexOf('/') + 1);
  const isInside = found.where === last || found.where.startsWith(`${last}/`);
  return isInside ? { ...found, where: name + found.where.slice(last.length) } : found;
}

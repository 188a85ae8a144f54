import type { FileDetail, FileFault, ProgramFault } from '../../../../text/file-detail.ts';
import { sayOf, type WordsOf } from '../../words-of.ts';
import { withParticle } from '../particles.ts';

const faults: WordsOf<FileFault> = {
  'not-there': () => '그런 파일이나 디렉터리가 없음',
  'no-permission': () => '권한이 없음',
  'is-folder': () => '디렉터리임',
  'part-no-folder': () => '경로의 일부가 디렉터리가 아님',
  'links-in-circle': () => '링크가 순환함',
  'name-too-long': () => '이름이 너무 김',
  'disk-full': () => '디스크에 남은 공간이 없음',
  'disk-read-only': () => '디스크가 읽기 전용임',
  'is-socket': () => '소켓임',
  'of-system': ({ text }) => text,
};

const programFaults: WordsOf<ProgramFault> = {
  said: ({ text }) => text,
  status: ({ status }) => `종료 상태 ${status}`,
  'not-started': ({ fault }) => sayOf(faults, fault),
};

/** What is wrong with files and directories, and with programs that make something of them. */
export const fileDetails: WordsOf<FileDetail> = {
  'file-fault': ({ path, fault }) => `${path}: ${sayOf(faults, fault)}`,
  'output-breaks-off': ({ fault }) => `표준 출력: ${sayOf(faults, fault)}. 출력된 것이 전부가 아님`,
  'folder-without-manifests': ({ path, below }) =>
    `${path}: 이 디렉터리에 *.yaml, *.yml, *.json이 없음${below.length === 0 ? '' : `(${below.join(', ')}에 있으며 -R로 함께 읽음)`}`,
  'link-out-of-folder': ({ path, name }) =>
    `${path}: ${withParticle(name, 'topic')} 디렉터리 밖을 가리키는 링크임`,
  'entry-not-regular': ({ path, name }) => `${path}: ${withParticle(name, 'topic')} 일반 파일이 아님`,
  'build-below': ({ path }) =>
    `${withParticle(path, 'topic')} kustomization이나 차트이므로 빌드해야 하며 파일별로 읽지 않음`,
  'no-kustomize': ({ path }) =>
    `${withParticle(path, 'topic')} kustomization인데 PATH에 kubectl도 kustomize도 없어 빌드할 수 없음`,
  'chart-unasked': ({ path }) => `${withParticle(path, 'topic')} Helm 차트이므로 Helm으로 렌더링해야 함`,
  'no-helm': ({ path }) => `${withParticle(path, 'topic')} Helm 차트인데 PATH에 helm이 없어 렌더링할 수 없음`,
  'unknown-to-git': ({ path }) => `${path}: 파일도 아니고 git이 아는 것도 아님`,
  'no-file-of-git': ({ path }) => `${path}: 일반 파일이 아님`,
  'git-gives-nothing': ({ path }) => `${path}: git에서 읽을 수 없음`,
  utf16: ({ path }) => `${withParticle(path, 'topic')} UTF-16임`,
  'text-too-large': ({ path }) => `${withParticle(path, 'topic')} 너무 커서 읽을 수 없음`,
  'all-too-large': () => '전체가 너무 커서 읽을 수 없음',
  'git-too-large': () => 'git의 출력이 너무 커서 읽을 수 없음',
  'changed-while-read': ({ path }) => `읽는 동안 ${withParticle(path, 'subject')} 변경됨`,
  'stdin-twice': () => '-: 표준 입력은 이미 읽었음',
  'not-utf8': () => 'UTF-8이 아닌 바이트',
  'no-kubectl': ({ context }) => `--context ${context}: PATH에 kubectl이 없음`,
  'program-fails': ({ command, fault }) => `${command} 실패: ${sayOf(programFaults, fault)}`,
};

/** Spanish. */
import type { RejectReason } from '../../../vision/reading.js';
import type { Saying, Words } from './words.js';

const list = (names: readonly string[]): string => names.map((name) => `  - ${name}`).join('\n');
const some = (n: number, one: string, many: string): string => (n === 1 ? `1 ${one}` : `${n} ${many}`);

function unreadable(reason: RejectReason): Saying {
  const title = 'No se puede leer esta boleta';
  const askInspector = 'Pida ayuda a un inspector.';
  switch (reason) {
    case 'wrong-election':
      return { title: 'Otra elección', lines: ['Esta boleta no es de esta elección.', askInspector] };
    case 'unknown-ballot-style':
      return {
        title: 'Boleta desconocida',
        lines: ['Esta máquina no tiene este tipo de boleta.', askInspector],
      };
    case 'several-sheets':
      return { title: 'Más de una hoja', lines: ['Inserte una sola hoja a la vez.'] };
    case 'too-much-skew':
      return { title, lines: ['Entró torcida.', 'Insértela derecha.'] };
    case 'streak-on-a-target':
      return {
        title,
        lines: ['Hay una raya en la boleta. Quizás haya que limpiar el escáner.', askInspector],
      };
    case 'timing-marks-damaged':
      return { title, lines: ['Las marcas negras del borde están rotas, tapadas o faltan.', askInspector] };
    case 'wrong-scale':
    case 'wrong-size':
      return { title, lines: ['No tiene el tamaño de una boleta de esta elección.', askInspector] };
    case 'image-too-small':
    case 'no-timing-marks':
      return {
        title: 'Esto no es una boleta',
        lines: ['No se encontró ninguna boleta de esta elección en la hoja.', askInspector],
      };
    case 'code-unreadable':
    case 'codes-differ':
    case 'sides-do-not-match':
      return { title, lines: ['Su código impreso no se puede leer con certeza.', askInspector] };
  }
}

export const spanish: Words = {
  keys: {
    cast: 'DEPOSITAR',
    return: 'DEVOLVER',
    more: 'MÁS',
    cleared: 'DESPEJADO',
    yes: 'SÍ',
    no: 'NO',
    plus: '+++',
    minus: '---',
    done: 'LISTO',
    enter: 'ENTRAR',
    cancel: 'CANCELAR',
  },
  insertBallot: { title: 'Inserte su boleta', lines: ['Por cualquier lado y cualquier extremo.'] },
  reading: { title: 'Leyendo su boleta', lines: ['Espere, por favor.'] },
  casting: { title: 'Depositando su boleta', lines: ['Espere hasta leer "Boleta depositada con éxito".'] },
  cast: { title: 'Boleta depositada con éxito', lines: ['Su boleta fue contada. Gracias por votar.'] },
  takeBallot: { title: 'Tome su boleta', lines: [] },
  notCounted: 'Esta boleta NO fue contada. Insértela otra vez.',
  counted: 'Esta boleta SÍ fue contada. No la inserte otra vez.',
  overvote: (contest, marked, seats) => ({
    title: `Voto en exceso: ${contest}`,
    lines: [
      `Usted marcó ${some(marked, 'opción', 'opciones')}. Solo puede marcar ${seats}.`,
      'Si oprime DEPOSITAR, ningún voto en esta contienda contará.',
    ],
  }),
  crossEndorsement: (contest, candidates, rule) => ({
    title: `Respaldo cruzado: ${contest}`,
    lines: [
      'Usted marcó al mismo candidato en más de una línea de partido:',
      list(candidates),
      rule === 'highest-line'
        ? 'Si oprime DEPOSITAR, el candidato recibe un voto, en la línea más alta de la boleta.'
        : 'Si oprime DEPOSITAR, el candidato recibe un voto, y ninguna línea de partido lo recibe.',
    ],
  }),
  undervote: (contest, unused, seats) => ({
    title: `Votos sin usar: ${contest}`,
    lines: [
      `Puede marcar ${some(seats, 'opción', 'opciones')}. Le quedan ${unused}.`,
      'No tiene que usarlas todas.',
    ],
  }),
  blankBallot: {
    title: 'Boleta en blanco',
    lines: [
      'No se encontró ninguna marca en ningún lado de esta hoja.',
      'Si oprime DEPOSITAR, ningún voto en ella contará.',
    ],
  },
  castOrReturn: [
    'Oprima DEVOLVER para recibir su boleta y corregirla o pedir una nueva.',
    'Oprima DEPOSITAR para depositarla así. Todos sus otros votos contarán.',
  ],
  morePages: (page, pages) => `Mensaje ${page} de ${pages}. Oprima MÁS para ver el siguiente.`,
  ambiguous: (contests) => ({
    title: 'Marca ambigua',
    lines: [
      'Una marca no es clara en:',
      list(contests),
      'Rellene el óvalo por completo e inserte su boleta otra vez, en otro sentido.',
    ],
  }),
  notCastable: (contests) => ({
    title: 'Esta boleta no se puede depositar así',
    lines: ['Hay un error en:', list(contests), 'Pida una boleta nueva a un inspector.'],
  }),
  youPressedReturn: { title: 'Tome su boleta', lines: ['Usted oprimió DEVOLVER.'] },
  unreadable,
  wrongPrecinct: {
    title: 'Otro lugar de votación',
    lines: ['Esta boleta es de un distrito que no vota en esta máquina.', 'Pida ayuda a un inspector.'],
  },
  testBallot: {
    title: 'Boleta de prueba',
    lines: ['Esta boleta es solo para pruebas.', 'Pida ayuda a un inspector.'],
  },
  severalSheets: { title: 'Más de una hoja', lines: ['Inserte una sola hoja a la vez.'] },
  pulledOut: { title: 'La boleta fue retirada', lines: ['Insértela otra vez y suéltela.'] },
  paperStopped: { title: 'El papel se detuvo', lines: ['Su boleta está regresando.'] },
  imagesTooLarge: {
    title: 'Esta boleta no se puede guardar',
    lines: [
      'Sus imágenes ocupan demasiado espacio. La máquina no tiene ninguna falla.',
      'Pida una boleta nueva a un inspector.',
    ],
  },
  machineFault: { title: 'La máquina tiene una falla', lines: ['Avise a un inspector.'] },
  powerCut: { title: 'Se cortó la corriente', lines: ['Había una boleta en la máquina.'] },
  secondSheet: 'Hay otra hoja en la ranura. Retírela primero.',
  jamNotCounted: {
    title: 'Papel atascado',
    lines: ['La boleta está entre la ranura y el escáner.', 'Sáquela del escáner e insértela otra vez.'],
  },
  jamCounted: {
    title: 'Papel atascado',
    lines: [
      'La boleta está en la salida, sobre la urna.',
      'Abra la puerta de la urna, saque la boleta con cuidado y échela en la urna.',
      'Presione su llave de seguridad y oprima DESPEJADO.',
    ],
  },
  undecided: {
    title: 'Fallaron las dos tarjetas de memoria',
    lines: [
      'Deje la boleta donde está.',
      'Apague y encienda la máquina: entonces dirá si esta boleta fue contada.',
    ],
  },
  insertKey: {
    title: 'Llave de seguridad',
    lines: ['Presione su llave de seguridad en el lector hasta que sea aceptada.'],
  },
  enterPasscode: { title: 'Código de acceso', lines: ['Escriba su código y oprima ENTRAR.'] },
  wrongPasscode: 'Ese código no es correcto.',
  passcodeNotTried: 'No se probó el código: falló el almacenamiento propio del equipo.',
  waitSeconds: (seconds) => `Espere ${seconds} segundos antes de intentarlo otra vez.`,
  timeCheck: { title: '¿Son correctas la fecha y la hora?', lines: [] },
  setTime: (field) => ({
    title: `Ajuste: ${{ year: 'año', month: 'mes', day: 'día', hour: 'hora', minute: 'minuto' }[field]}`,
    lines: ['Oprima +++ o --- y luego LISTO.'],
  }),
  administration: 'Menú de administración',
  ballotsCast: 'Boletas depositadas',
  role: (role) =>
    ({ 'poll-worker': 'Inspector electoral', administrator: 'Administrador', technician: 'Técnico' })[role],
  action: (action) =>
    ({
      'power-on': 'Encender',
      'set-time': 'Ajustar fecha y hora',
      'open-polls': 'Abrir la votación',
      'pause-polls': 'Pausar la votación',
      'resume-polls': 'Reanudar la votación',
      'close-polls': 'Cerrar la votación',
      'print-copy': 'Imprimir copia de la cinta de resultados',
      'cast-abandoned': 'Depositar boleta abandonada',
      'jam-cleared': 'Atasco despejado',
      'prepare-cards': 'Preparar tarjetas de memoria',
      'fill-card-a': 'Llenar la tarjeta A desde la tarjeta B',
      'fill-card-b': 'Llenar la tarjeta B desde la tarjeta A',
      'use-one-card': 'Seguir con una sola tarjeta',
      export: 'Exportar la elección',
      'power-down': 'Apagar',
    })[action],
  certain: (action) => ({ title: '¿Está seguro?', lines: [`Usted eligió: ${spanish.action(action)}.`] }),
  secondKey: {
    title: 'Segunda llave de seguridad',
    lines: ['Un inspector del otro partido presiona su llave de seguridad.'],
  },
  sameParty: 'Esa llave no sirve como segunda: debe ser de otro partido y poder hacer esto ella misma.',
  number: (field) =>
    ({
      unscannedEmergencyBallots: {
        title: 'Boletas de emergencia no escaneadas',
        lines: ['¿Cuántas hay en el sobre de boletas de emergencia no escaneadas?'],
      },
      abandonedBallots: {
        title: 'Boletas abandonadas',
        lines: ['¿Cuántas hay en el sobre de boletas abandonadas?'],
      },
      writeInBallots: {
        title: 'Boletas con votos por escrito',
        lines: ['¿Cuántas hay en su compartimiento? Entre 0 si las cuenta más tarde.'],
      },
    })[field],
  working: { title: 'Espere, por favor', lines: [] },
  printing: (tape, copy) => ({
    title:
      tape === 'zero'
        ? 'Se imprime la cinta de ceros'
        : 'Se cierra la votación: se imprime la cinta de resultados',
    lines: [`Copia ${copy}.`],
  }),
  printerStopped: (code) => ({
    title: code === 'paper-out' ? 'La impresora no tiene papel' : 'La impresora se detuvo',
    lines: [
      code === 'cover-open' ? 'Cierre la tapa de la impresora.' : 'Ponga un rollo nuevo y cierre la tapa.',
      'Esta copia se imprimirá otra vez desde el principio. Tire el pedazo cortado.',
      'Oprima SÍ cuando la impresora esté lista, o CANCELAR para dejar de imprimir.',
    ],
  }),
  moreCopies: { title: '¿Desea más copias?', lines: [] },
  abandoned: {
    title: 'Boleta abandonada',
    lines: [
      '¿El votante ya se fue del lugar?',
      'La boleta se depositará sin ser examinada.',
      'SÍ la deposita. NO vuelve al votante.',
    ],
  },
  abandonedSecondKey: {
    title: 'Boleta abandonada',
    lines: ['Un inspector del otro partido presiona su llave de seguridad.'],
  },
  pressCleared: 'Oprima DESPEJADO cuando el camino esté vacío.',
  notReady: (reason) =>
    ({
      'power-locked': 'Se necesitan llave de seguridad y código.',
      halted: 'La máquina se detuvo sola.',
      'shutting-down': 'Apagando.',
      'no-election': 'No hay ninguna elección cargada.',
      'polls-not-open': 'La votación no está abierta.',
      'polls-paused': 'La votación está en pausa.',
      'polls-closed': 'La votación está cerrada.',
      'ballot-box-not-open': 'La urna de las tarjetas de memoria no está abierta.',
      'ballot-box-full': 'La urna de las tarjetas de memoria está llena.',
      'memory-card-a': 'La tarjeta de memoria A falta o falló.',
      'memory-card-b': 'La tarjeta de memoria B falta o falló.',
      'cover-open': 'La cubierta del escáner está abierta.',
      'ballot-box-door-open': 'La puerta de la urna está abierta.',
      'sheet-inside': 'Hay una hoja en la máquina.',
      'inspector-at-work': 'Un inspector está en el menú.',
    })[reason],
  notReadyTitle: 'Espere: la máquina no recibe boletas',
  halted: {
    title: 'ALTO. Llame a la Junta Electoral',
    lines: ['Las cuentas de esta máquina no coinciden. Ya no recibe boletas.', 'Use la urna de emergencia.'],
  },
  shuttingDown: { title: 'Apagando', lines: [] },
  testMode: 'MODO DE PRUEBA',
  simulated: 'SIMULADO',
};

/** What a ballot says in Spanish. */
import { must } from '../../ground/result.js';
import type { BallotWords } from './words.js';

const months =
  'enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre'.split(' ');
const numbers = 'CERO UNO DOS TRES CUATRO CINCO SEIS SIETE OCHO NUEVE DIEZ ONCE DOCE'.split(' ');

export const es: BallotWords = {
  officialBallot: 'BOLETA OFICIAL',
  testBallot: 'BOLETA DE PRUEBA',
  instructions: 'Instrucciones',
  howToMark: 'Para votar, rellene por completo el óvalo a la izquierda de su elección, así:',
  howTo: [
    'Use un bolígrafo de tinta negra o azul.',
    'Para votar por otra persona, escriba su nombre en un recuadro de voto por escrito y rellene el óvalo de al lado.',
    'Si se equivoca, pida una boleta nueva.',
    'Mire ambos lados de cada hoja.',
  ],
  voteFor: (seats) => (seats === 1 ? 'Vote por UNO' : `Vote por un máximo de ${numbers[seats] ?? seats}`),
  ballotStyle: 'Tipo de boleta',
  chooseOne: 'Elija UNA opción',
  writeIn: 'Voto por escrito',
  turnOver: 'Vote en ambos lados: dé vuelta a esta hoja',
  continueOnSheet: (sheet) => `Continúe en la hoja ${sheet}`,
  blankSide: 'Este lado se dejó en blanco a propósito',
  page: (side, sheet, sheets) => `${side === 'front' ? 'Frente' : 'Dorso'}, hoja ${sheet} de ${sheets}`,
  ballotId: 'Número de boleta',
  date: (date) => {
    const [year = '', month = '', day = ''] = date.split('-');
    return `${Number(day)} de ${must(months[Number(month) - 1], 'a month')} de ${year}`;
  },
};

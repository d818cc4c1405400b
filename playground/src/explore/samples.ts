// Models to begin with: fixtures of the tests, each with what PyTorch answers. Only their addresses are in this module.

import digitsAnswers from '../../../test/fixtures/digits/model.json?url&no-inline'
import digits from '../../../test/fixtures/digits/model.pt?url&no-inline'
import branchAnswers from '../../../test/fixtures/control-flow-net/model.json?url&no-inline'
import branch from '../../../test/fixtures/control-flow-net/model.pt?url&no-inline'
import recipeAnswers from '../../../test/fixtures/optimise/recipe.json?url&no-inline'
import recipe from '../../../test/fixtures/optimise/recipe.pt?url&no-inline'
import encoderAnswers from '../../../test/fixtures/transformer-encoder/scripted.json?url&no-inline'
import encoder from '../../../test/fixtures/transformer-encoder/scripted.pt?url&no-inline'
import lstmAnswers from '../../../test/fixtures/lstm-classifier/scripted.json?url&no-inline'
import lstm from '../../../test/fixtures/lstm-classifier/scripted.pt?url&no-inline'
import wordsAnswers from '../../../test/programs/words.json?url&no-inline'
import words from '../../../test/programs/words.pt?url&no-inline'

export interface Sample {
  readonly id: string
  readonly file: string
  readonly title: string
  readonly text: string
  readonly url: string
  readonly answers: string
}

export const samples: readonly Sample[] = [
  {
    id: 'recipe',
    file: 'recipe.pt',
    title: 'Conv, norm, clip',
    text: "PyTorch's mobile recipe: five layers become three nodes",
    url: recipe,
    answers: recipeAnswers,
  },
  {
    id: 'digits',
    file: 'digits.pt',
    title: 'Digits',
    text: 'a trained classifier for 8 × 8 pictures',
    url: digits,
    answers: digitsAnswers,
  },
  {
    id: 'branch',
    file: 'control-flow-net.pt',
    title: 'A branch and a loop',
    text: 'Python’s if and for become If and Loop',
    url: branch,
    answers: branchAnswers,
  },
  {
    id: 'transformer',
    file: 'encoder.pt',
    title: 'Transformer',
    text: 'two layers of attention, tokens in',
    url: encoder,
    answers: encoderAnswers,
  },
  { id: 'lstm', file: 'lstm.pt', title: 'LSTM', text: 'bidirectional, over tokens', url: lstm, answers: lstmAnswers },
  {
    id: 'words',
    file: 'words.pt',
    title: 'Text in',
    text: 'its tokenizer is Python; it becomes JavaScript',
    url: words,
    answers: wordsAnswers,
  },
]

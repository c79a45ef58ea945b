/* What scripts say, in the language of the page: its phrases come with it when that is not Indonesian. */
'use strict';

const PHRASES = JSON.parse(document.querySelector('meta[name="pendopo-kata"]')?.content ?? '{}');

/** `{1}`, `{2}` … in a text stand for the values, in that order. */
const say = (text, ...values) => (PHRASES[text] ?? text).replaceAll(/\{(\d)\}/g, (_place, number) => values[number - 1]);

/** For numbers and times. */
const LOCALE = document.documentElement.lang === 'id' ? 'id-ID' : 'en-GB';

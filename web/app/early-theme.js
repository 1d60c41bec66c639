// Runs before the first paint, so that a dark page does not flash white. theme.js takes over from there.
{
  const choice = localStorage.getItem('gatewatch.theme');
  const dark = choice === 'dark' || (choice !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
}

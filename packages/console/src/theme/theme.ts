import {
  createTheme,
  localStorageColorSchemeManager,
  type MantineColorSchemeManager,
  type MantineThemeOverride,
} from '@mantine/core';

export const theme: MantineThemeOverride = createTheme({
  fontFamily: 'var(--sans)',
  fontFamilyMonospace: 'var(--mono)',
  defaultRadius: 6,
  cursorType: 'pointer',
  respectReducedMotion: true,
});

export const colorSchemeManager: MantineColorSchemeManager = localStorageColorSchemeManager({
  key: 'fluoroscope-theme',
});

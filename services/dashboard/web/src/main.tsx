import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import './styles/colours.css';
import './styles/frame.css';
import './styles/parts.css';
import './styles/trade.css';
import './styles/tables.css';
import './styles/coverage.css';
import './styles/jobs.css';
import './styles/quality.css';
import './styles/phone.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/App.tsx';

const root = document.getElementById('root');
if (root === null) throw new Error('the page has no #root');
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
